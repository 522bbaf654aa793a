using Silo.Core.Handlers;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>One handler that wants <c>{"path": …}</c> below a root.</summary>
internal sealed class FakeHandlers : IHandlerCatalog, IHandlerRunner
{
    public const string Digest = "file.digest";

    public IReadOnlyCollection<string> Types => [Digest];

    public string Type => Digest;

    public IHandlerRunner? Find(string type) => type == Digest ? this : null;

    public PayloadProblem? Check(ReadOnlyMemory<byte> payload) => System.Text.Encoding.UTF8.GetString(payload.Span) switch
    {
        var text when text.Contains("..", StringComparison.Ordinal) => new PayloadProblem("payload.path", "must lie below the root") { Code = "path_not_allowed" },
        var text when text.Contains("path", StringComparison.Ordinal) => null,
        _ => new PayloadProblem("payload.path", "must be given"),
    };

    public ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A gateway runs nothing.");
}
