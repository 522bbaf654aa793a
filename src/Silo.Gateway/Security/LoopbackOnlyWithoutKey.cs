using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Silo.Gateway.Security;

/// <summary>Ends the start of a server that would be open to the network without a key. Looks at the addresses as bound, whichever way they were set.</summary>
/// <remarks>In the moment between binding and this check, <see cref="CallerCheck"/> refuses whoever is not on this machine.</remarks>
internal sealed class LoopbackOnlyWithoutKey(GatewayOptions options, IServer server) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var open = options.ApiKeys.Count > 0 ? [] : Addresses().Where(address => !IsLocal(address)).ToList();
        return open.Count == 0
            ? Task.CompletedTask
            : throw new InvalidOperationException($"The server listens on {string.Join(", ", open)}, where others can reach it, and no API key is set: set ApiKeys, or listen on 127.0.0.1, [::1] or localhost only.");
    }

    public static bool IsLocal(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip) && CallerCheck.IsLoopback(ip));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private ICollection<string> Addresses() => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
}
