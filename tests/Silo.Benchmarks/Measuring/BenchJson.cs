using System.Text.Json.Serialization;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Cluster;
using Silo.Benchmarks.Enqueue;
using Silo.Benchmarks.Filled;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Memory;
using Silo.Benchmarks.Peers;
using Silo.Benchmarks.Recovery;
using Silo.Benchmarks.Throughput;
using Silo.Benchmarks.Xmin;

namespace Silo.Benchmarks.Measuring;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FilledReport))]
[JsonSerializable(typeof(PeersReport))]
[JsonSerializable(typeof(CpuReport))]
[JsonSerializable(typeof(DriverOptions))]
[JsonSerializable(typeof(BullMqLatencyOptions))]
[JsonSerializable(typeof(ThroughputReport))]
[JsonSerializable(typeof(CeilingReport))]
[JsonSerializable(typeof(LatencyReport))]
[JsonSerializable(typeof(MemoryReport))]
[JsonSerializable(typeof(MemoryRound))]
[JsonSerializable(typeof(ClusterReport))]
[JsonSerializable(typeof(XminReport))]
[JsonSerializable(typeof(RecoveryReport))]
[JsonSerializable(typeof(EnqueueReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
