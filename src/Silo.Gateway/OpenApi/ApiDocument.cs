using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Silo.Gateway.OpenApi;

/// <summary>The document as bytes. Routes do not change while a server runs, so it is written once.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider) : IDisposable
{
    public const string Name = "v1";

    private readonly SemaphoreSlim _writing = new(1);
    private volatile byte[]? _utf8;

    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_utf8 is { } written)
            return written;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return _utf8 ??= await WriteAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task<byte[]> WriteAsync(CancellationToken cancellationToken)
    {
        var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
        using var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
