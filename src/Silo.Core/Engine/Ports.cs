using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>Randomness, so that a simulation owns it.</summary>
public interface IRandomSource
{
    /// <summary>0 inclusive to 1 exclusive.</summary>
    double NextDouble();

    /// <summary>0 inclusive to <paramref name="bound"/> exclusive.</summary>
    int Next(int bound);
}

/// <summary>Ids, so that a simulation owns them.</summary>
public interface IIdSource
{
    /// <summary>A new UUID of version 7 at the given time.</summary>
    TaskId NewTaskId(DateTimeOffset now);

    /// <summary>A name for one life of a process.</summary>
    string NewInstanceId();
}
