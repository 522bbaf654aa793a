namespace Silo.Storage.Postgres.Opening;

/// <summary>The names of the locks that no row stands for. Advisory locks of a database are numbers that all its programs share, so the first half says whose they are.</summary>
internal static class AdvisoryLocks
{
    /// <summary>"SILO"; the second half is one of those below.</summary>
    public const int Silo = 1397312591;

    public const int Migrations = 1;
    public const int Folding = 2;

    /// <summary>Also written out in the functions <c>silo.take_number</c> and <c>silo.take_numbers</c>.</summary>
    public const int Numbers = 3;

    /// <summary>Held while the reader of the inbox sleeps; also written out in the function <c>silo.wake</c>.</summary>
    public const int InboxAsleep = 4;

    /// <summary>Held by the one process that reads the inbox.</summary>
    public const int InboxServed = 5;

    // 16 to 23 are held by the transactions that are to wake it; only the function silo.wake uses them.

    /// <summary>"SILN"; the second half is the hash of a node's name. Two names that share one only wait for each other.</summary>
    public const int Node = 1397312590;
}
