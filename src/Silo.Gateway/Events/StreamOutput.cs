using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Silo.Gateway.Events;

/// <summary>An answer that goes on, to a client that may read it slowly or not at all.</summary>
internal sealed class StreamOutput(HttpResponse response, TimeProvider time)
{
    /// <summary>A client that takes nothing for so long is taken for gone: its seat serves another.</summary>
    public static readonly TimeSpan StallMax = TimeSpan.FromSeconds(30);

    private readonly PipeWriter _body = response.BodyWriter;

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _body);

    public void Write(ReadOnlySpan<byte> utf8) => _body.Write(utf8);

    /// <summary>Returns when the client has taken enough for more to be written.</summary>
    /// <exception cref="ReaderStalledException">It has not within <see cref="StallMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The stream is to end.</exception>
    public async Task FlushAsync(CancellationToken ended)
    {
        var flushing = _body.FlushAsync(ended);
        if (flushing.IsCompleted)
        {
            await flushing;
            return;
        }

        try
        {
            await flushing.AsTask().WaitAsync(StallMax, time, ended);
        }
        catch (TimeoutException)
        {
            throw new ReaderStalledException();
        }
    }
}

/// <summary>A client has stopped reading what it asked for.</summary>
internal sealed class ReaderStalledException() : Exception($"The reader took nothing for {StreamOutput.StallMax.TotalSeconds} s.");
