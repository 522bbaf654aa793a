using System.Text.Json.Serialization.Metadata;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Client.Http;

/// <summary>A node's door behind HTTP. A call that fails throws: the worker cannot know whether it arrived, and every call may be sent again.</summary>
internal sealed class HttpNodeDoor(ApiConnection connection, string path) : INodeDoor
{
    /// <summary>Reports above this go in several calls, so that no body comes near the server's limit.</summary>
    public const int ReportBytesPerCall = 4 * 1024 * 1024;

    /// <summary>What a report weighs beside its result and its message.</summary>
    private const int ReportBytesOverhead = 512;

    /// <summary>The server waits no longer than this.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>For calls that the server answers at once. Longer than a node's lease it would help nobody to wait for them.</summary>
    private static readonly TimeSpan ShortCall = 2 * NodeLimits.Lease;

    /// <summary>For calls that are answered after a commit, and beside the wait of a lease.</summary>
    private static readonly TimeSpan LongCall = TimeSpan.FromSeconds(30);

    private static readonly ApiJson Wire = ApiJson.Wire;

    public async Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) =>
        NodeReplies.Of(await SendAsync("register", NodeRequests.Of(request.Registration), Wire.RegisterRequest, Wire.RegisterResponse, LongCall));

    public async Task<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        var wait = request.Wait < WaitMax ? request.Wait : WaitMax;
        return NodeReplies.Of(await SendAsync("lease", NodeRequests.Of(request, wait), Wire.LeaseTasksRequest, Wire.LeaseTasksResponse, wait + LongCall));
    }

    public async Task<CompleteReply> CompleteAsync(CompleteRequest request)
    {
        var answers = new List<RecordedOutcome>(request.Reports.Count);
        var rest = request;
        while (true)
        {
            var (part, left) = Split(rest);
            var reply = NodeReplies.Of(await SendAsync("complete", part, Wire.CompleteTasksRequest, Wire.CompleteTasksResponse, LongCall));

            // A part that is not ok decides for all: the worker sends everything again, and what was recorded is answered as before.
            if (reply.Status != DoorStatus.Ok)
                return reply;
            answers.AddRange(reply.Answers);
            if (left is null)
                return reply with { Answers = answers };
            rest = left;
        }
    }

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => CallAsync("progress", NodeRequests.Of(request), Wire.ReportProgressRequest, ShortCall);

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => CallAsync("beat", NodeRequests.Of(beat), Wire.BeatRequest, ShortCall);

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => CallAsync("adopt", NodeRequests.Of(inventory), Wire.AdoptRequest, LongCall);

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => CallAsync("leave", new LeaveRequest(request.Incarnation), Wire.LeaveRequest, LongCall);

    private static (CompleteTasksRequest Part, CompleteRequest? Left) Split(CompleteRequest request)
    {
        var (count, bytes) = (0, 0L);
        while (count < request.Reports.Count && count < NodeLimits.CompleteTasksMax)
        {
            var report = request.Reports[count];
            bytes += ReportBytesOverhead + report.Result.Length + (2L * (report.Error?.Message.Length ?? 0));
            if (count > 0 && bytes > ReportBytesPerCall)
                break;
            count++;
        }

        var part = new CompleteTasksRequest
        {
            Incarnation = request.Incarnation,
            Reports = [.. request.Reports.Take(count).Select(NodeRequests.Of)],
            Returned = [.. request.Returned.Select(NodeRequests.Of)],
        };
        return (part, count == request.Reports.Count ? null : request with { Reports = [.. request.Reports.Skip(count)], Returned = [] });
    }

    private async Task<WorkerReply> CallAsync<TRequest>(string call, TRequest request, JsonTypeInfo<TRequest> info, TimeSpan limit) =>
        NodeReplies.Of(await SendAsync(call, request, info, Wire.DoorResponse, limit));

    private Task<TAnswer> SendAsync<TRequest, TAnswer>(string call, TRequest request, JsonTypeInfo<TRequest> requestInfo, JsonTypeInfo<TAnswer> info, TimeSpan limit) =>
        connection.SendAsync(HttpMethod.Post, $"{path}/{call}", request, requestInfo, info, limit, CancellationToken.None);
}
