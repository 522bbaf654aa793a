using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Postgres;

/// <summary>One way of moving the tasks over all rounds.</summary>
internal sealed record PostgresWay(Spread TasksPerSecond, Spread ProgramCpuSecondsPerThousand, Spread DatabaseCpuSecondsPerThousand, Spread AllocatedBytesPerTask)
{
    public static PostgresWay Of(IEnumerable<PostgresSample> samples)
    {
        var all = samples.ToList();
        return new PostgresWay(
            Spread.Of(all.Select(sample => sample.Program.TasksPerSecond), 0),
            Spread.Of(all.Select(sample => sample.Program.CpuSecondsPerThousand), 4),
            Spread.Of(all.Select(sample => sample.DatabaseCpuSecondsPerThousand), 4),
            Spread.Of(all.Select(sample => sample.Program.AllocatedBytesPerTask), 0));
    }

    public override string ToString() => $"{TasksPerSecond} tasks/s, CPU seconds per 1,000: program {ProgramCpuSecondsPerThousand}, database {DatabaseCpuSecondsPerThousand}";
}
