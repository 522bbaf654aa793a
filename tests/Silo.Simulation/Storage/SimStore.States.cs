using Silo.Core.Storage;

namespace Silo.Simulation.Storage;

/// <content>What actors keep although it may be lost: here it is, and it may also be spoilt or untrue. No decision may rest on it.</content>
internal partial class SimStore
{
    private const double LostShare = 0.2;
    private const double SpoiltShare = 0.2;
    private const double UntrueShare = 0.2;

    private readonly Dictionary<ActorStateKey, ReadOnlyMemory<byte>> _states = [];

    public ReadOnlyMemory<byte>? ReadState(ActorStateKey key)
    {
        if (World.Chance(LostShare))
        {
            _states.Remove(key);
        }

        if (World.Chance(SpoiltShare))
        {
            return """{"seconds":{"work":"""u8.ToArray();
        }

        if (World.Chance(UntrueShare))
        {
            // Nothing takes any time, so a node is given as much ahead as it may have; or everything takes for ever.
            return World.Chance(0.5) ? """{"seconds":{"work":0,"other":0}}"""u8.ToArray() : """{"seconds":{"work":600000,"other":600000}}"""u8.ToArray();
        }

        return _states.TryGetValue(key, out var json) ? json : (ReadOnlyMemory<byte>?)null;
    }

    public bool WriteState(ActorStateKey key, ReadOnlyMemory<byte> json)
    {
        _states[key] = json;
        return true;
    }
}
