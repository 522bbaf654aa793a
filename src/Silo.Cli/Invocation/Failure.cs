namespace Silo.Cli.Invocation;

/// <summary>What an exception means to the person who typed the command.</summary>
internal sealed record Failure(ExitCode ExitCode, string Message)
{
    /// <returns>Null for an exception that is a defect: it is left to end the program with all it says.</returns>
    public static Failure? Of(Exception exception, CancellationToken stopping) => exception switch
    {
        CommandException command => new(command.ExitCode, command.Message),
        OperationCanceledException when stopping.IsCancellationRequested => new(ExitCode.Interrupted, "Interrupted."),
        _ => null,
    };
}
