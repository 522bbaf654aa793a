using System.Text;

namespace Silo.Cli.Tests.Invocation;

/// <summary>A writer that tells when a line with a certain text was written to it.</summary>
internal sealed class LineSignal(string expected) : TextWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        if (value?.Contains(expected, StringComparison.Ordinal) == true)
        {
            _seen.TrySetResult();
        }
    }
}
