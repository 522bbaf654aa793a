using System.Net;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Events;

/// <summary>An answer that goes on, read line by line.</summary>
internal sealed class LineStream : IDisposable
{
    public const string End = "(end)";

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private LineStream(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, new StreamReader(body));

    public string? ContentType => _response.Content.Headers.ContentType?.MediaType;

    public static async Task<LineStream> OpenAsync(GatewayServer server, string path, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        var response = await Await.Within(server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead), GatewayServer.Limit, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new LineStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Null at the end.</summary>
    public Task<string?> ReadLineAsync() => Await.Within(_lines.ReadLineAsync(), GatewayServer.Limit, "a line");

    public async Task<List<string>> ReadLinesAsync(int count)
    {
        List<string> lines = [];
        while (lines.Count < count)
            lines.Add(await ReadLineAsync() ?? End);
        return lines;
    }

    /// <summary>The lines up to the next blank one.</summary>
    public async Task<List<string>> ReadBlockAsync()
    {
        List<string> block = [];
        while (await ReadLineAsync() is { Length: > 0 } line)
            block.Add(line);
        return block;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
