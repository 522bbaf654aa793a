using System.Globalization;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Stages;

/// <summary>What one stage of a task's way costs.</summary>
/// <param name="ProgramMicroseconds">Processor time of this process for a task.</param>
/// <param name="DatabaseMicroseconds">The same of the database's server.</param>
internal sealed record StageCost(string Stage, double ProgramMicroseconds, double DatabaseMicroseconds)
{
    private const double MicrosecondsPerThousandth = 1000;

    public static StageCost Of(string stage, PostgresSample sample) => new(
        stage, Math.Round(sample.Program.CpuSecondsPerThousand * MicrosecondsPerThousandth, 2), Math.Round(sample.DatabaseCpuSecondsPerThousand * MicrosecondsPerThousandth, 2));

    /// <summary>What the whole has beyond its stages: the way between them.</summary>
    /// <param name="whole">Everything together, as it was measured.</param>
    public static StageCost Rest(string stage, StageCost whole, IReadOnlyCollection<StageCost> stages) => new(
        stage,
        Math.Round(whole.ProgramMicroseconds - stages.Sum(one => one.ProgramMicroseconds), 2),
        Math.Round(whole.DatabaseMicroseconds - stages.Sum(one => one.DatabaseMicroseconds), 2));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stage,-9} {ProgramMicroseconds,8:0.00} {DatabaseMicroseconds,8:0.00}");
}
