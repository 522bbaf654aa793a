using System.Text.Json;
using Silo.Core.Handlers;

namespace Silo.Handlers;

/// <summary>Returns its payload, any JSON.</summary>
internal sealed class EchoHandler : ITaskHandler<JsonElement, JsonElement>
{
    public Task<JsonElement> RunAsync(JsonElement payload, TaskContext context, CancellationToken cancellationToken) => Task.FromResult(payload);
}
