using System.Globalization;
using System.Text.RegularExpressions;

namespace Silo.Gateway.Tests.Metrics;

/// <summary>A scrape, read as strictly as Prometheus' text format 0.0.4 is written down: one help and one type line, then all samples of that metric and of no other.</summary>
internal sealed partial class MetricsReading
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _types = [];

    public MetricsReading(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string? helped = null, current = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                helped = help.Groups["name"].Value;
                continue;
            }

            if (Type().Match(line) is { Success: true } type)
            {
                current = type.Groups["name"].Value;
                Assert.Equal(helped, current);
                Assert.True(_types.TryAdd(current, type.Groups["type"].Value), $"{current} comes twice.");
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"This is no line of the format: {line}");
            Assert.Equal(current, sample.Groups["name"].Value);
            Assert.True(_samples.TryAdd(line[..line.LastIndexOf(' ')], double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)), $"{line} comes twice.");
        }
    }

    /// <summary>Counter or gauge, by name.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>By name with its labels, as it is written.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public double this[string sample] => _samples[sample];

    [GeneratedRegex("^# HELP (?<name>[a-z][a-z0-9_]*) [A-Z0-9][^\\n]*\\.$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE (?<name>[a-z][a-z0-9_]*) (?<type>counter|gauge)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^(?<name>[a-z][a-z0-9_]*)(\{[a-z_]+="([^"\\\n]|\\["\\n])*"(,[a-z_]+="([^"\\\n]|\\["\\n])*")*\})? (?<value>-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)$""")]
    private static partial Regex Sample();
}
