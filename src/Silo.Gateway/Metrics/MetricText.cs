using System.Globalization;
using System.Text;

namespace Silo.Gateway.Metrics;

internal enum MetricKind
{
    Gauge,
    Counter,
}

/// <param name="Value">Now.</param>
/// <param name="Labels">Name and value of each; the names are the same for every sample of a metric.</param>
internal readonly record struct MetricSample(double Value, params (string Name, string Value)[] Labels);

/// <summary>Metrics as Prometheus reads them, in its text format 0.0.4.</summary>
internal sealed class MetricText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>One metric with all its samples; without any it is left out.</summary>
    /// <param name="help">One line.</param>
    public void Add(MetricKind kind, string name, string help, params IReadOnlyList<MetricSample> samples)
    {
        if (samples.Count == 0)
            return;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(kind == MetricKind.Counter ? "counter" : "gauge").Append('\n');
        foreach (var sample in samples)
        {
            _text.Append(name);
            AddLabels(sample.Labels);
            _text.Append(' ').Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    public override string ToString() => _text.ToString();

    private void AddLabels((string Name, string Value)[] labels)
    {
        if (labels is not { Length: > 0 })
            return;
        _text.Append('{').AppendJoin(',', labels.Select(static label => $"{label.Name}=\"{Escaped(label.Value)}\"")).Append('}');
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
