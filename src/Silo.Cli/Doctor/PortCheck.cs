using System.Net;
using System.Net.Sockets;
using Silo.Client;

namespace Silo.Cli.Doctor;

/// <summary>Whether <c>silo up</c> could listen where it is told to.</summary>
internal static class PortCheck
{
    private const string Name = "port";

    public static async Task<Finding> RunAsync(IPEndPoint listen, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(listen);
        try
        {
            listener.Start();
            return Finding.Ok(Name, $"{listen} is free.");
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse when await IsSiloAsync(listen, cancellationToken) => Finding.Ok(Name, $"A Silo server listens on {listen}."),
                SocketError.AddressAlreadyInUse => Finding.Wrong(Name, $"{listen} is taken by another program.", "Stop that program, or choose another port with --listen."),
                SocketError.AddressNotAvailable => Finding.Wrong(Name, $"{listen.Address} is no address of this machine.", "Give one of its addresses, or 127.0.0.1, with --listen."),
                SocketError.AccessDenied => Finding.Wrong(Name, $"This user may not listen on {listen}.", "Choose a port above 1023 with --listen."),
                _ => Finding.Wrong(Name, $"{listen} cannot be listened on: {refused.Message}", "Choose another address with --listen."),
            };
        }
    }

    private static async Task<bool> IsSiloAsync(IPEndPoint listen, CancellationToken cancellationToken)
    {
        var address = listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listen.Address;
        using var client = new SiloHttpClient(new Uri($"http://{new IPEndPoint(address, listen.Port)}")) { CallTimeout = ServerCheck.Limit };
        try
        {
            await client.CheckReadyAsync(cancellationToken);
            return true;
        }
        catch (SiloApiException refused)
        {
            return refused.Problem is not null;
        }
        catch (Exception silent) when (silent is HttpRequestException or TimeoutException)
        {
            return false;
        }
    }
}
