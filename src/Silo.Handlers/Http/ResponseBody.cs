using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Silo.Core.Handlers;

namespace Silo.Handlers.Http;

/// <summary>Reads a body of bounded size and writes it as JSON can carry it.</summary>
internal static class ResponseBody
{
    public const string TooBigCode = "response_too_big";
    private const int ReadBytes = 16 * 1024;

    /// <exception cref="TaskFailedException"><see cref="TooBigCode"/>, as soon as it is known.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > bytesMax)
            throw TooBig($"{content.Headers.ContentLength} bytes", bytesMax);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var body = new ArrayBufferWriter<byte>();
        while (await stream.ReadAsync(body.GetMemory(ReadBytes), cancellationToken) is var read and > 0)
        {
            body.Advance(read);
            if (body.WrittenCount > bytesMax)
                throw TooBig($"more than {bytesMax} bytes", bytesMax);
        }

        return body.WrittenMemory;
    }

    public static (string Body, string Encoding) Write(ReadOnlySpan<byte> body) =>
        Utf8.IsValid(body) && !body.Contains((byte)0) ? (Encoding.UTF8.GetString(body), "text") : (Convert.ToBase64String(body), "base64");

    public static TaskFailedException TooBig(string size, int bytesMax) =>
        new(TooBigCode, $"The response has {size}; at most {bytesMax} are kept as a result: ask for less, or let the other side store it.", retry: false);
}
