using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Silo.Cli.Invocation;
using Silo.Cli.Serving;
using Silo.Cluster.Client;

namespace Silo.Server.Serving;

/// <summary>What would make this silo join by halves, found before it joins: an address where the others cannot reach it, a name that another living silo has,
/// and silos that speak another format of messages.</summary>
internal static class JoinCheck
{
    /// <summary>How long a silo of the same name may take to be found dead: one that was killed is replaced under its name at once.</summary>
    private static readonly TimeSpan NameWait = TimeSpan.FromSeconds(10);

    /// <summary>How long silos of another format may take to be gone: longer than one that was killed is still thought to live.</summary>
    private static readonly TimeSpan FormatWait = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan OthersInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    private const int WordBytes = 16;

    // 6 is Orleans' number for dead.
    private const string Others = """
        SELECT address, port, message_format, silo.is_heard_of(member) FROM silo.cluster_members AS member
        WHERE cluster_id = $1 AND status < 6 AND (name = $2 OR message_format <> $3) AND NOT (address = $4 AND port = $5)
        """;

    /// <exception cref="CommandException">It must not join; the text names the setting.</exception>
    /// <exception cref="NotYetException">The others could not reach it; that may change with this machine's addresses.</exception>
    /// <exception cref="SocketException">The port for other silos is taken.</exception>
    /// <exception cref="NpgsqlException">The cluster's tables cannot be read.</exception>
    public static async Task RunAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        await CheckAddressAsync(settings, cancellationToken);
        await CheckOthersAsync(settings, cancellationToken);
    }

    /// <summary>What to do about a cluster of another version.</summary>
    public static string OtherFormat(string what) =>
        $"This version of Silo cannot join: {what}, and they would not understand each other. Stop the silos of the other version first, or set --cluster-id to a name of this one's own.";

    private static async Task CheckAddressAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        // Loopback is reached if it can be listened on, which the silo itself is about to do.
        if (IPAddress.IsLoopback(settings.Advertised))
        {
            return;
        }

        if (!await LeadsHereAsync(settings.Advertised, new IPEndPoint(IPAddress.Any, settings.SiloPort), cancellationToken))
        {
            throw new NotYetException(
                "The address that other silos are told does not lead here; the log has it.",
                $"{settings.Advertised}:{settings.SiloPort} does not lead to this silo, so the others could not reach it there: set --advertise or POD_IP to one of this machine's addresses.");
        }
    }

    /// <summary>Whether somebody who calls this address, at the port of <paramref name="listen"/>, reaches who listens there: another silo may answer as well.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    internal static async Task<bool> LeadsHereAsync(IPAddress address, IPEndPoint listen, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(listen);
        listener.Start();
        var word = RandomNumberGenerator.GetBytes(WordBytes);
        using var said = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var saying = SayAsync(listener, word, said.Token);
        var heard = await HearAsync(address, listen.Port, cancellationToken);
        await said.CancelAsync();
        await saying;
        return word.AsSpan().SequenceEqual(heard);
    }

    /// <summary>Says a word to whoever calls, until nobody is to be told any more.</summary>
    private static async Task SayAsync(TcpListener listener, byte[] word, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var caller = await listener.AcceptSocketAsync(cancellationToken);
                await caller.SendAsync(word, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // It was heard, or will not be.
        }
    }

    /// <returns>The first word of whoever is there; another one than ours when it is another program, and nothing when nobody is.</returns>
    private static async Task<byte[]> HearAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var heard = new byte[WordBytes];
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(address, port, limit.Token);
            await using var stream = new NetworkStream(socket);
            await stream.ReadExactlyAsync(heard, limit.Token);
            return heard;
        }
        catch (Exception nothing) when (nothing is SocketException or IOException || (nothing is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }

    private static async Task CheckOthersAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await FindInTheWayAsync(settings, cancellationToken) is { } silo)
        {
            var sameFormat = silo.Format == MessageFormat.Current;
            if (TimeProvider.System.GetElapsedTime(began) > (sameFormat ? NameWait : FormatWait))
            {
                throw new CommandException(
                    ExitCode.Failed,
                    sameFormat
                        ? $"The silo at {silo.Address} of cluster '{settings.ClusterId}' has the name '{settings.Name}' and is alive: set --silo-name or POD_NAME to a name of this one's own."
                        : OtherFormat($"the silo at {silo.Address} of cluster '{settings.ClusterId}' speaks message format {silo.Format}, this one format {MessageFormat.Current}"));
            }

            await Task.Delay(OthersInterval, cancellationToken);
        }
    }

    /// <returns>Another silo of this name that answers at its address, or one of another format that does or was heard of lately; null when there is none.</returns>
    private static async Task<OtherSilo?> FindInTheWayAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        foreach (var silo in await ReadOthersAsync(settings, cancellationToken))
        {
            if ((silo.Format != MessageFormat.Current && silo.Heard) || await AnswersAsync(silo.Address.Address, silo.Address.Port, cancellationToken))
            {
                return silo;
            }
        }

        return null;
    }

    private static async Task<List<OtherSilo>> ReadOthersAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(settings.Database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Others, connection);
        foreach (var value in new object[] { settings.ClusterId, settings.Name, MessageFormat.Current, settings.Advertised.ToString(), settings.SiloPort })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var others = new List<OtherSilo>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            others.Add(new OtherSilo(new IPEndPoint(IPAddress.Parse(rows.GetString(0)), rows.GetInt32(1)), rows.GetInt32(2), rows.GetBoolean(3)));
        }

        return others;
    }

    private static async Task<bool> AnswersAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(address, port, limit.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed record OtherSilo(IPEndPoint Address, int Format, bool Heard);
}
