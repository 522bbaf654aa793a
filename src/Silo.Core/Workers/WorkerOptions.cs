using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>Settings of one worker.</summary>
public sealed class WorkerOptions
{
    public static readonly TimeSpan BeatIntervalMin = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan GraceMax = TimeSpan.FromHours(1);

    /// <summary>The node's name, unique in its pool. Required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Tasks run at once. Default: the host's number of processors.</summary>
    public int? Slots { get; set; }

    /// <summary>Share under the <c>weighted</c> strategy. Default <c>auto</c>: from the latest load.</summary>
    public int? Weight { get; set; }

    /// <summary>Default primary.</summary>
    public NodeTier Tier { get; set; }

    /// <summary>What tasks can ask for. Default none.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary><c>http</c> or <c>local</c>; for people. Default <c>http</c>.</summary>
    public string Kind { get; set; } = "http";

    /// <summary>Default 1 s, at most <see cref="NodeLimits.SlowBeat"/>.</summary>
    public TimeSpan BeatInterval { get; set; } = NodeLimits.BeatIntervalDefault;

    /// <summary>How long running tasks may go on when the worker is stopped, before they are cancelled and given back. Default 20 s.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a cancelled handler may take to stop, before its end is reported without it. Default 10 s.</summary>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is wrong with these settings; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Name is not { Length: > 0 and <= TaskLimits.NameLengthMax } || Name.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '/'))
            problems.Add($"Worker name '{Name}': 1 to {TaskLimits.NameLengthMax} characters without white space and '/' were expected.");
        if (Slots is not (>= 1 and <= NodeLimits.SlotsMax))
            problems.Add($"Worker slots {Slots?.ToString() ?? "(none)"}: 1 to {NodeLimits.SlotsMax} were expected.");
        if (Weight is < 1 or > NodeLimits.WeightMax)
            problems.Add($"Worker weight {Weight}: 1 to {NodeLimits.WeightMax} were expected, or none for auto.");
        if (!Enum.IsDefined(Tier))
            problems.Add($"Worker tier {Tier}: primary or fallback was expected.");
        AddLabelProblems(problems);
        AddRangeProblem(problems, "beat interval", BeatInterval, BeatIntervalMin, NodeLimits.SlowBeat);
        AddRangeProblem(problems, "stop grace", StopGrace, TimeSpan.Zero, GraceMax);
        AddRangeProblem(problems, "cancel grace", CancelGrace, TimeSpan.Zero, GraceMax);
        return problems;
    }

    private void AddLabelProblems(List<string> problems)
    {
        if (Labels.Count > TaskLimits.LabelsMax)
            problems.Add($"Worker labels: {Labels.Count} are more than the {TaskLimits.LabelsMax} that one node may have.");
        foreach (var (key, value) in Labels)
        {
            if (key.Length is 0 or > TaskLimits.NameLengthMax || value is not { Length: <= TaskLimits.LabelValueLengthMax })
                problems.Add($"Worker label '{key}': a name of 1 to {TaskLimits.NameLengthMax} and a value of at most {TaskLimits.LabelValueLengthMax} characters were expected.");
        }
    }

    private static void AddRangeProblem(List<string> problems, string what, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max)
            problems.Add($"Worker {what} {value.TotalSeconds} s: {min.TotalSeconds} to {max.TotalSeconds} s were expected.");
    }
}
