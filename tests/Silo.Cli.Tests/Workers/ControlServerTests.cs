using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Silo.Cli.Workers.Control;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

public sealed class ControlServerTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no JSON\n")]
    [InlineData("{\"verb\":\"explode\"}\n")]
    [InlineData("{\"verb\":3}\n")]
    [InlineData("null\n")]
    [InlineData("\n")]
    public async Task Request_NotUnderstood_IsAnsweredWithAProblem(string request)
    {
        await using var server = ControlServer.Listen(_folder.Combine("s"), _ => throw new InvalidOperationException("It was taken for a request."));

        var answer = await Await.Within(TalkAsync(request), Limit, "an answer");

        Assert.Contains("does not know this request", answer, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Socket_AfterListen_IsForItsUserAlone()
    {
        File.WriteAllText(_folder.Combine("s"), "left behind");
        await using var server = ControlServer.Listen(_folder.Combine("s"), _ => throw new InvalidOperationException("Nobody asks."));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine("s")) & (UnixFileMode)0b111_111_111);
    }

    [Fact]
    public async Task Dispose_ConnectionThatAsksNothing_IsClosed()
    {
        var server = ControlServer.Listen(_folder.Combine("s"), _ => throw new InvalidOperationException("Nobody asks."));
        using var idle = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await idle.ConnectAsync(new UnixDomainSocketEndPoint(_folder.Combine("s")));

        await Await.Within(server.DisposeAsync().AsTask(), Limit, "the server to end");

        Assert.Equal(0, await Await.Within(ReceiveUntilClosedAsync(idle), Limit, "the end of the connection"));
    }

    /// <summary>One that was never accepted is reset with its listener.</summary>
    private static async Task<int> ReceiveUntilClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private async Task<string?> TalkAsync(string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.Combine("s")));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        return await reader.ReadLineAsync();
    }
}
