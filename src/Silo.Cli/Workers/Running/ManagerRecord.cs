using System.Text.Json.Serialization;
using Silo.Cli.Processes;

namespace Silo.Cli.Workers.Running;

/// <summary>What a manager writes down of itself for the one that comes after it.</summary>
/// <param name="Process">Who it is.</param>
/// <param name="Count">How many workers there ought to be.</param>
/// <param name="DrainLimitSeconds">How long they may take to end.</param>
internal sealed record ManagerRecord(ProcessIdentity Process, int Count, double DrainLimitSeconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ManagerRecord))]
internal sealed partial class ManagerJson : JsonSerializerContext;
