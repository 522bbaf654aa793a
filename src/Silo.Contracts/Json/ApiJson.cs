using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Silo.Contracts.Events;
using Silo.Contracts.Nodes;
using Silo.Contracts.Overview;
using Silo.Contracts.Problems;
using Silo.Contracts.Queues;
using Silo.Contracts.Scaling;
using Silo.Contracts.Sessions;
using Silo.Contracts.Tasks;

namespace Silo.Contracts.Json;

/// <summary>How every record of the API is written and read.</summary>
/// <remarks>Generated readers set every <c>init</c> property, an absent one to null: that is why the lists of these records turn null into empty.</remarks>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(ApiRoot))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(OverviewResponse))]
[JsonSerializable(typeof(SubmitTaskRequest))]
[JsonSerializable(typeof(IReadOnlyList<SubmitTaskRequest>))]
[JsonSerializable(typeof(SubmittedTask))]
[JsonSerializable(typeof(IReadOnlyList<SubmittedTask>))]
[JsonSerializable(typeof(TaskResponse))]
[JsonSerializable(typeof(TaskListResponse))]
[JsonSerializable(typeof(TaskChange))]
[JsonSerializable(typeof(TaskEventMessage))]
[JsonSerializable(typeof(SetQueueRequest))]
[JsonSerializable(typeof(QueueResponse))]
[JsonSerializable(typeof(QueueListResponse))]
[JsonSerializable(typeof(NodeResponse))]
[JsonSerializable(typeof(NodeListResponse))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(RegisterResponse))]
[JsonSerializable(typeof(LeaseTasksRequest))]
[JsonSerializable(typeof(LeaseTasksResponse))]
[JsonSerializable(typeof(CompleteTasksRequest))]
[JsonSerializable(typeof(CompleteTasksResponse))]
[JsonSerializable(typeof(ReportProgressRequest))]
[JsonSerializable(typeof(BeatRequest))]
[JsonSerializable(typeof(AdoptRequest))]
[JsonSerializable(typeof(LeaveRequest))]
[JsonSerializable(typeof(DoorResponse))]
[JsonSerializable(typeof(ScalingResponse))]
[JsonSerializable(typeof(SessionResponse))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Depth that is read of an answer: above what a request may have, since an answer wraps what was sent.</summary>
    public const int AnswerDepthMax = 256;

    /// <summary>For answers and for a client's requests: unknown fields are passed over, so that an older client reads a newer server.</summary>
    public static ApiJson Wire { get; } = new(NewOptions(AnswerDepthMax));

    /// <summary>For reading requests: unknown and duplicate fields, wrong types, missing and null required fields are refused.</summary>
    public static ApiJson Strict(int depthMax) => new(new JsonSerializerOptions(NewOptions(depthMax))
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });

    internal static JsonTypeInfo<JsonElement> ElementInfo(JsonSerializerOptions options) => (JsonTypeInfo<JsonElement>)options.GetTypeInfo(typeof(JsonElement));

    // Relaxed: the answers are JSON in a JSON body, and a person reading them should see quotes and umlauts.
    private static JsonSerializerOptions NewOptions(int depthMax) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = depthMax,
        Converters = { new InstantConverter() },
    };
}
