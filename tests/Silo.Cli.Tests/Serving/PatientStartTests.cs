using System.Net;
using Silo.Cli.Invocation;
using Silo.Cli.Serving;
using Silo.Cli.Supervision;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

public sealed class PatientStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _said = new();

    [Fact]
    public async Task Start_CausesThatGoOneAfterTheOther_ToldOnceEachAndReleasesTheAddress()
    {
        var causes = new Queue<NotYetException>([new("a", "The database is away."), new("a", "The database is away."), new("b", "The key is not there.")]);
        var asked = Channel();
        var addresses = new List<IPEndPoint>();

        var running = Patient().RunAsync(
            Anywhere,
            async (listen, release) =>
            {
                addresses.Add(listen);
                asked.Writer.TryWrite(listen);
                if (causes.TryDequeue(out var cause))
                    throw cause;
                await release();
                return await WaitingServer.StartAsync(listen, "It is ours now.");
            },
            new TaskCompletionSource().Task);
        for (var time = 0; time < 3; time++)
        {
            await Await.Within(asked.Reader.ReadAsync().AsTask(), Limit, "the start to be tried");
            await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the next try to be planned");
            _time.Advance(PatientStart.Interval);
        }

        await using var server = await Await.Within(running, Limit, "the server to start");

        Assert.Equal(2, _said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Single(addresses.Skip(1).Select(address => address.Port).Distinct());
        Assert.Equal(addresses[^1].Port, server!.Address.Port);
    }

    [Fact]
    public async Task Start_CauseThatStays_EndsTheWait()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => Patient().RunAsync<object>(Anywhere, (_, _) => throw new CommandException(ExitCode.Usage, "wrong"), new TaskCompletionSource().Task));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
    }

    private static System.Threading.Channels.Channel<IPEndPoint> Channel() => System.Threading.Channels.Channel.CreateUnbounded<IPEndPoint>();

    private PatientStart Patient()
    {
        var terminal = new Terminal(TextWriter.Null, _said, isInteractive: false);
        return new PatientStart(terminal, SupervisorNotice.Of(_ => null, terminal, 1, _time), _time);
    }
}
