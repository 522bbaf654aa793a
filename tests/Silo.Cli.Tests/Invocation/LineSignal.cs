using System.Text;

namespace Silo.Cli.Tests.Invocation;

/// <summary>A writer that tells when a line with a certain text was written to it.</summary>
internal sealed class LineSignal(string expected) : TextWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly StringBuilder _lines = new();

    public Task Seen => _seen.Task;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>What was written as lines so far.</summary>
    public override string ToString()
    {
        lock (_lines)
        {
            return _lines.ToString();
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_lines)
        {
            _lines.AppendLine(value);
        }

        if (value?.Contains(expected, StringComparison.Ordinal) == true)
        {
            _seen.TrySetResult();
        }
    }
}
