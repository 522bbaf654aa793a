using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Simulation.Kernel;

/// <summary>Randomness and ids from the run's seed.</summary>
internal sealed class SimRandom(SimWorld world) : IRandomSource, IIdSource
{
    private long _instances;

    public double NextDouble() => world.Random.NextDouble();

    public int Next(int bound) => world.Random.Next(bound);

    public TaskId NewTaskId(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        world.Random.NextBytes(bytes);
        var milliseconds = now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(milliseconds >> (8 * (5 - i)));
        }

        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new TaskId(new Guid(bytes, bigEndian: true));
    }

    public string NewInstanceId() => $"life-{++_instances}";
}
