using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Peers;

/// <summary><c>bench peers</c> and <c>bench cpu</c>: the same rounds, told by tasks a second and by processor time.</summary>
internal static class PeersCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var values = new PeersValues();
        return BenchCommand.Create(
            "peers",
            "PostgreSQL: tasks a second beside graphile-worker, pg-boss and BullMQ on Redis, all durable, which it installs into an ignored folder.",
            values.Options,
            async (parsed, cancellationToken) =>
            {
                var options = values.Read(parsed);
                var (rounds, session) = await new PeersBenchmark(options, messages).RunAsync(cancellationToken);
                return PeersReport.Of(rounds, options, session);
            },
            BenchJson.Default.PeersReport,
            output);
    }

    public static Command CreateCpu(TextWriter output, TextWriter messages)
    {
        var values = new PeersValues();
        return BenchCommand.Create(
            "cpu",
            "PostgreSQL: processor time of a task in engine and store, beside the same peers.",
            values.Options,
            async (parsed, cancellationToken) =>
            {
                var options = values.Read(parsed);
                var (rounds, session) = await new PeersBenchmark(options, messages).RunAsync(cancellationToken);
                return CpuReport.Of(rounds, options, session);
            },
            BenchJson.Default.CpuReport,
            output);
    }

    private sealed class PeersValues
    {
        private readonly Option<int> _rounds = WholeNumber.Option("--rounds", "Rounds; each measures every engine once.", PeersOptions.Default.Own.Rounds, 1000);
        private readonly Option<int> _tasks = WholeNumber.Option("--tasks", "Tasks per round for Silo and the bare pipeline.", PeersOptions.Default.Own.Tasks, 10_000_000);
        private readonly Option<int> _peerTasks = WholeNumber.Option("--peer-tasks", "Tasks per round for each peer.", PeersOptions.Default.PeerTasks, 10_000_000);
        private readonly Option<int> _batch = WholeNumber.Option("--batch", "Tasks in one submit call.", PeersOptions.Default.Own.BatchTasks, 10_000);

        public IEnumerable<Option> Options => [_rounds, _tasks, _peerTasks, _batch];

        public PeersOptions Read(ParseResult parsed) => new(
            PeersOptions.Default.Own with { Rounds = parsed.GetValue(_rounds), Tasks = parsed.GetValue(_tasks), BatchTasks = parsed.GetValue(_batch) },
            parsed.GetValue(_peerTasks));
    }
}
