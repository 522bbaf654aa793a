using System.Runtime.CompilerServices;

namespace Silo.Simulation.Kernel;

/// <summary>The last lines of what happened. Kept only when asked for: a failing seed is run again with it, and fails again.</summary>
internal sealed class Trace(SimWorld world, bool enabled)
{
    private const int LinesMax = 60;
    private readonly Queue<string> _lines = new();

    public bool Enabled => enabled;

    public int Kept { get; set; } = LinesMax;

    public IReadOnlyCollection<string> Lines => _lines;

    public void Add([InterpolatedStringHandlerArgument("")] ref TraceLine line)
    {
        if (!enabled)
        {
            return;
        }

        _lines.Enqueue($"{world.Now.TotalSeconds,10:0.000000} {line.Take()}");
        while (_lines.Count > Kept)
        {
            _lines.Dequeue();
        }
    }
}

/// <summary>Formats a line only when a trace is kept.</summary>
[InterpolatedStringHandler]
internal ref struct TraceLine
{
    private DefaultInterpolatedStringHandler _text;

    public TraceLine(int literalLength, int formattedCount, Trace trace, out bool enabled)
    {
        enabled = trace.Enabled;
        _text = enabled ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
