using Silo.Handlers.Http;
using Silo.Handlers.Processes;

namespace Silo.Handlers;

/// <summary>Settings of the built-in handlers.</summary>
public sealed class HandlersOptions
{
    /// <summary>The folder below which <c>file.digest</c> may read. Default none: then this process offers no <c>file.digest</c>.</summary>
    public string? FilesRoot { get; set; }

    public HttpHandlerOptions Http { get; } = new();

    public ProcessHandlerOptions Processes { get; } = new();
}
