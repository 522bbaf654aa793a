using System.Net;
using Silo.Cli.Workers.Control;
using Silo.Client;

namespace Silo.Cli.Workers.Running;

/// <summary>What the server says of a manager's workers, with the key that they have.</summary>
internal sealed class ServerView(SiloHttpClient client, Uri server)
{
    public Uri Server => server;

    /// <param name="status">What the manager knows.</param>
    /// <param name="withQueues">Whether the queues are asked for too.</param>
    /// <returns>The same with what the server adds, or why it adds nothing.</returns>
    public async Task<WorkersStatus> AddToAsync(WorkersStatus status, bool withQueues)
    {
        try
        {
            var nodes = (await client.ListNodesAsync()).Nodes.ToDictionary(node => node.Name);
            return status with
            {
                Workers =
                [
                    .. status.Workers.Select(worker => nodes.GetValueOrDefault(worker.Name) is { } node
                        ? worker with { Node = new NodeState(node.Alive, node.Draining, node.Incarnation, node.Running, node.Placed) }
                        : worker),
                ],
                Queues = withQueues ? (await client.ListQueuesAsync()).Queues : null,
            };
        }
        catch (SiloApiException refused) when (refused.Status == HttpStatusCode.Forbidden)
        {
            return status with { ServerProblem = $"{server} answers, but shows its nodes only to a key with the scope read: {refused.Message}" };
        }
        catch (SiloApiException refused)
        {
            return status with { ServerProblem = $"{server} refuses: {refused.Message}" };
        }
        catch (Exception silent) when (silent is HttpRequestException or TimeoutException)
        {
            return status with { ServerProblem = $"{server} does not answer; the workers keep trying: {silent.Message}" };
        }
    }
}
