using System.Text.Json.Serialization;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Memory;
using Silo.Benchmarks.Throughput;

namespace Silo.Benchmarks.Measuring;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ThroughputReport))]
[JsonSerializable(typeof(LatencyReport))]
[JsonSerializable(typeof(MemoryReport))]
[JsonSerializable(typeof(MemoryRound))]
internal sealed partial class BenchJson : JsonSerializerContext;
