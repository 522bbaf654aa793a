namespace Silo.Core.Queues;

internal enum ArrivalAnswer
{
    /// <summary>In memory now.</summary>
    Inserted,

    /// <summary>This attempt was in memory.</summary>
    AlreadyHere,

    /// <summary>Above the watermark, or no room: a later page brings it.</summary>
    Beyond,
}
