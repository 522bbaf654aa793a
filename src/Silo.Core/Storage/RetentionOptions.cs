namespace Silo.Core.Storage;

/// <summary>How long finished tasks are kept, and how gently the older ones are deleted.</summary>
public sealed record RetentionOptions
{
    /// <summary>Age, since its end, at which a finished task is deleted. Default 30 days; an idempotency key has its own, stated lifetime.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Wait between two looks. Default one minute.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Tasks deleted in one write, so that it never stands long in the way of others. Default 500.</summary>
    public int BatchTasks { get; init; } = 500;

    /// <summary>Every problem of these settings, in words.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (KeepFor < TimeSpan.Zero)
            problems.Add($"{nameof(KeepFor)} is {KeepFor}: zero or more was expected");
        if (Every <= TimeSpan.Zero)
            problems.Add($"{nameof(Every)} is {Every}: more than zero was expected");
        if (BatchTasks < 1)
            problems.Add($"{nameof(BatchTasks)} is {BatchTasks}: at least 1 was expected");
        return problems;
    }
}
