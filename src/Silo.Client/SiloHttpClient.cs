using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Silo.Client.Events;
using Silo.Client.Http;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Contracts.Overview;
using Silo.Contracts.Queues;
using Silo.Contracts.Scaling;
using Silo.Contracts.Sessions;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;

namespace Silo.Client;

/// <summary>The HTTP API as typed calls. Safe from any thread; keep one per server.</summary>
/// <remarks>Every call throws <see cref="SiloApiException"/> when the server refuses, <see cref="HttpRequestException"/> when it is not reached, and
/// <see cref="TimeoutException"/> when it does not answer in time. Nothing is repeated behind the caller's back.</remarks>
public sealed class SiloHttpClient : IDisposable
{
    private const string Api = "api/v1";

    private static readonly ApiJson Wire = ApiJson.Wire;

    private readonly ApiConnection _connection;
    private readonly TimeProvider _time;

    /// <param name="server">The server's address, as <c>http://127.0.0.1:7070</c>.</param>
    /// <param name="apiKey">The server's API key, when it wants one.</param>
    /// <param name="time">The clock of the time-outs. Default the system's.</param>
    /// <exception cref="ArgumentException">The key is none: see <see cref="IsApiKey"/>.</exception>
    public SiloHttpClient(Uri server, string? apiKey = null, TimeProvider? time = null) =>
        (_connection, _time) = (new ApiConnection(server, apiKey, time ?? TimeProvider.System), time ?? TimeProvider.System);

    /// <summary>How long a call may take, beside the wait that it asks for. Default 30 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a text can be sent as an API key: visible ASCII characters without spaces, at least one.</summary>
    public static bool IsApiKey(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and <= '~');

    /// <summary>The door of a node, for a worker in this process; shares this client's connections and ends with it.</summary>
    public INodeDoor NodeDoor(string node) => new HttpNodeDoor(_connection, $"{Api}/nodes/{Uri.EscapeDataString(node)}");

    /// <summary>Submits one task.</summary>
    /// <param name="wait">When above zero, the answer comes when the task has ended or after this long, at most 60 s, and carries the task.</param>
    public Task<SubmittedTask> SubmitAsync(SubmitTaskRequest task, TimeSpan? wait = null, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(HttpMethod.Post, $"{Api}/tasks{Wait(wait)}", task, Wire.SubmitTaskRequest, Wire.SubmittedTask, CallTimeout + (wait ?? default), cancellationToken);

    /// <summary>Submits up to 1,000 tasks, all or none; answers in the order given.</summary>
    public Task<IReadOnlyList<SubmittedTask>> SubmitAsync(IReadOnlyList<SubmitTaskRequest> tasks, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(
            HttpMethod.Post, $"{Api}/tasks", tasks, Wire.IReadOnlyListSubmitTaskRequest, Wire.IReadOnlyListSubmittedTask, CallTimeout, cancellationToken);

    /// <summary>Submits any number of tasks as they come, each on its own: one that is refused does not stop the rest. Answers come in the order given.</summary>
    /// <remarks>At most 2 groups of 1,000 tasks or 512 KiB are on their way, so <paramref name="tasks"/> is read no faster than answers are taken. When a call fails, tasks that
    /// were taken and not answered may have been stored: give each an idempotency key, and send those again.</remarks>
    public IAsyncEnumerable<SubmitAnswer> SubmitStreamAsync(IAsyncEnumerable<SubmitTaskRequest> tasks, CancellationToken cancellationToken = default) =>
        new SubmitStreaming(_connection, $"{Api}/tasks", CallTimeout).RunAsync(tasks, cancellationToken);

    /// <param name="task">Id or number.</param>
    /// <param name="wait">When above zero, the answer comes when the task has ended or after this long, at most 60 s.</param>
    public Task<TaskResponse> GetTaskAsync(string task, TimeSpan? wait = null, CancellationToken cancellationToken = default) =>
        GetAsync($"tasks/{Uri.EscapeDataString(task)}{Wait(wait)}", Wire.TaskResponse, cancellationToken, wait);

    /// <summary>One page of tasks, newest first.</summary>
    /// <param name="query">The query string without its question mark: state, queue, type, node, correlationId, label, createdFrom, createdBefore, after, limit.</param>
    public Task<TaskListResponse> ListTasksAsync(string query = "", CancellationToken cancellationToken = default) =>
        GetAsync(query.Length == 0 ? "tasks" : $"tasks?{query}", Wire.TaskListResponse, cancellationToken);

    /// <summary>Puts a cancel on record; the task may run on for a while.</summary>
    public Task<TaskChange> CancelTaskAsync(string task, CancellationToken cancellationToken = default) =>
        PostAsync($"tasks/{Uri.EscapeDataString(task)}/cancel", Wire.TaskChange, cancellationToken);

    /// <summary>Runs a failed or cancelled task again.</summary>
    public Task<TaskChange> RetryTaskAsync(string task, CancellationToken cancellationToken = default) =>
        PostAsync($"tasks/{Uri.EscapeDataString(task)}/retry", Wire.TaskChange, cancellationToken);

    public Task<QueueListResponse> ListQueuesAsync(CancellationToken cancellationToken = default) => GetAsync("queues", Wire.QueueListResponse, cancellationToken);

    public Task<QueueResponse> GetQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        GetAsync($"queues/{Uri.EscapeDataString(queue)}", Wire.QueueResponse, cancellationToken);

    /// <summary>Creates a queue or replaces its settings: what is left out takes its default.</summary>
    public Task<QueueResponse> SetQueueAsync(string queue, SetQueueRequest settings, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(
            HttpMethod.Put, $"{Api}/queues/{Uri.EscapeDataString(queue)}", settings, Wire.SetQueueRequest, Wire.QueueResponse, CallTimeout, cancellationToken);

    public Task<NodeListResponse> ListNodesAsync(CancellationToken cancellationToken = default) => GetAsync("nodes", Wire.NodeListResponse, cancellationToken);

    public Task<NodeResponse> GetNodeAsync(string node, CancellationToken cancellationToken = default) =>
        GetAsync($"nodes/{Uri.EscapeDataString(node)}", Wire.NodeResponse, cancellationToken);

    /// <summary>Gives a node nothing more to start, and takes back what it has not started.</summary>
    public Task<NodeResponse> DrainNodeAsync(string node, CancellationToken cancellationToken = default) =>
        PostAsync($"nodes/{Uri.EscapeDataString(node)}/drain", Wire.NodeResponse, cancellationToken);

    /// <summary>Ends a drain.</summary>
    public Task<NodeResponse> ResumeNodeAsync(string node, CancellationToken cancellationToken = default) =>
        PostAsync($"nodes/{Uri.EscapeDataString(node)}/resume", Wire.NodeResponse, cancellationToken);

    /// <summary>Takes a node that has left or died off the list; refused with <c>node_alive</c> while it lives.</summary>
    /// <returns>The node as it was.</returns>
    public Task<NodeResponse> RemoveNodeAsync(string node, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(HttpMethod.Delete, $"{Api}/nodes/{Uri.EscapeDataString(node)}", content: null, Wire.NodeResponse, CallTimeout, cancellationToken);

    /// <summary>Tells what happens to tasks, as it happens, without end. A stream that is lost is sought again and goes on where it ended; what could not be made up for is told as missed.</summary>
    /// <remarks>Throws as every call does when the first stream cannot be opened, and when the server refuses a later one for good. Events may come late or twice: the truth is in the tasks.</remarks>
    /// <param name="following">Which events. Default all of them, from now on.</param>
    public IAsyncEnumerable<FollowedEvent> FollowEventsAsync(EventFollowing? following = null, CancellationToken cancellationToken = default)
    {
        var wanted = following ?? new EventFollowing();
        var query = string.Join('&', new (string Name, string? Value)[] { ("queue", wanted.Queue), ("node", wanted.Node), ("task", wanted.Task) }
            .Where(field => field.Value is not null)
            .Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));
        return new EventFollower(_connection, query.Length == 0 ? $"{Api}/events" : $"{Api}/events?{query}", wanted, CallTimeout, _time).RunAsync(cancellationToken);
    }

    public Task<OverviewResponse> GetOverviewAsync(CancellationToken cancellationToken = default) => GetAsync("overview", Wire.OverviewResponse, cancellationToken);

    /// <summary>How much of the slots the due work would take; refused with <c>not_ready</c> while the scheduler cannot say.</summary>
    public Task<ScalingResponse> GetScalingAsync(CancellationToken cancellationToken = default) => GetAsync("scaling", Wire.ScalingResponse, cancellationToken);

    /// <summary>Who the server takes this client for, and what its key may do.</summary>
    public Task<SessionResponse> GetSessionAsync(CancellationToken cancellationToken = default) => GetAsync("session", Wire.SessionResponse, cancellationToken);

    /// <summary>Answers when the server can do its work; refused with <c>not_ready</c> while it cannot.</summary>
    public Task<HealthResponse> CheckReadyAsync(CancellationToken cancellationToken = default) =>
        _connection.GetAsync("health/ready", Wire.HealthResponse, CallTimeout, cancellationToken);

    public void Dispose() => _connection.Dispose();

    private Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> info, CancellationToken cancellationToken, TimeSpan? wait = null) =>
        _connection.GetAsync($"{Api}/{path}", info, CallTimeout + (wait ?? default), cancellationToken);

    private Task<TAnswer> PostAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> info, CancellationToken cancellationToken) =>
        _connection.SendAsync(HttpMethod.Post, $"{Api}/{path}", content: null, info, CallTimeout, cancellationToken);

    private static string Wait(TimeSpan? wait) =>
        wait is { } given && given > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"?wait={given.TotalSeconds:0.###}") : "";
}
