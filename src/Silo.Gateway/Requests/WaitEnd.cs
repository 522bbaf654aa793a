using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Silo.Gateway.Requests;

/// <summary>Ends long polls early: when the client has gone, and when the server stops.</summary>
internal sealed class WaitEnd(IHostApplicationLifetime lifetime)
{
    /// <summary>The call's answer; null when the server stops first. What the call does goes on without us, and is as if its answer had been lost.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<T?> OrStopAsync<T>(HttpContext context, Func<CancellationToken, Task<T>> call)
        where T : class
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            return await call(ended.Token).WaitAsync(ended.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }
}
