using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Silo.Cli.Invocation;
using Silo.Gateway.Overview;

namespace Silo.Cli.Serving;

/// <summary>Stands where a server will be, and tells probes that it lives and why it is not ready.</summary>
internal sealed class WaitingServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile string _reason;

    private WaitingServer(IPEndPoint listen, string reason)
    {
        _reason = reason;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listen));
        _app = builder.Build();
        _app.MapSiloWaiting(() => _reason);
    }

    public Uri Address => new(_app.Urls.Single());

    /// <exception cref="CommandException">The address is taken.</exception>
    public static async Task<WaitingServer> StartAsync(IPEndPoint listen, string reason)
    {
        var server = new WaitingServer(listen, reason);
        try
        {
            await server._app.StartAsync();
            return server;
        }
        catch (IOException taken)
        {
            await server.DisposeAsync();
            throw new CommandException(ExitCode.Failed, $"{listen} cannot be listened on: {taken.Message}", taken);
        }
    }

    public void Tell(string reason) => _reason = reason;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
