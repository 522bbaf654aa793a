using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Json;
using Silo.Gateway.Events;

namespace Silo.Gateway.Tasks.Streams;

/// <summary>Writes the answers of a submit stream, one line each.</summary>
internal sealed class LineWriter(HttpResponse response, TimeProvider time) : IDisposable
{
    /// <summary>Bytes written before the client must have taken some.</summary>
    public const int PartBytesMax = 16 * 1024;

    private readonly PipeWriter _body = response.BodyWriter;
    private readonly StreamOutput _output = new(response, time);

    // Relaxed as ApiJson is: a writer that is handed in brings its own rules.
    private readonly Utf8JsonWriter _json = new(response.BodyWriter, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>Returns when the client has taken enough for more to be written: that is what slows down a sender who does not read.</summary>
    /// <exception cref="ReaderStalledException">It takes nothing.</exception>
    public async Task WriteAsync(IReadOnlyList<SubmitLine> lines, CancellationToken cancellationToken)
    {
        if (!response.HasStarted)
            response.ContentType = SubmitStreamEndpoint.ContentType;
        var unflushed = 0L;
        foreach (var line in lines)
        {
            if (line.Submitted is { } submitted)
                JsonSerializer.Serialize(_json, submitted, ApiJson.Wire.SubmittedTask);
            else
                JsonSerializer.Serialize(_json, line.Problem!, ApiJson.Wire.ApiProblem);
            _json.Flush();
            unflushed += _json.BytesCommitted + 1;
            _json.Reset();
            _body.Write("\n"u8);
            if (unflushed < PartBytesMax)
                continue;
            await _output.FlushAsync(cancellationToken);
            unflushed = 0;
        }

        await _output.FlushAsync(cancellationToken);
    }

    public void Dispose() => _json.Dispose();
}
