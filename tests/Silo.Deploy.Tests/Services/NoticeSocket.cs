using System.Net.Sockets;
using System.Text;
using Silo.Testing;

namespace Silo.Deploy.Tests.Services;

/// <summary>The supervisor's end of NOTIFY_SOCKET.</summary>
internal sealed class NoticeSocket : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="path">Where it is made; a path may have about a hundred bytes.</param>
    public NoticeSocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
    }

    public string Path { get; }

    public bool IsEmpty => _socket.Available == 0;

    /// <summary>The next message.</summary>
    public async Task<string> ReceiveAsync(string what)
    {
        var buffer = new byte[4096];
        var length = await Await.Within(_socket.ReceiveAsync(buffer, SocketFlags.None), Limit, what);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose() => _socket.Dispose();
}
