namespace Silo.Core.Handlers;

/// <summary>A handler with its JSON types closed over: bytes in, bytes out.</summary>
public interface IHandlerRunner
{
    string Type { get; }

    /// <exception cref="TaskFailedException">Designed failures, a payload that does not fit among them (<c>bad_payload</c>, not retried).</exception>
    ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken);

    /// <summary>Checks a payload's form at submit time, so that a wrong one is refused at the door.</summary>
    /// <returns>Null, or what is wrong with which field.</returns>
    PayloadProblem? Check(ReadOnlyMemory<byte> payload);
}

/// <param name="Field">Path of the field, as <c>payload.path</c>.</param>
/// <param name="Rule">The rule it breaks.</param>
public sealed record PayloadProblem(string Field, string Rule)
{
    /// <summary>Stable, for programs: <c>bad_payload</c> unless the handler has a better one, as <c>path_not_allowed</c>.</summary>
    public string Code { get; init; } = "bad_payload";
}
