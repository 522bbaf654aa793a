using Microsoft.Data.Sqlite;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>Called by the writer, on its thread, at the places where a disk can fail; a test throws there or waits.</summary>
internal interface ICommitFaults
{
    /// <summary>Before the writer's connection is opened, the first time and again.</summary>
    void Opening();

    /// <summary>Before a batch begins its transaction.</summary>
    void Beginning(SqliteConnection connection, int operations);

    /// <summary>All statements are done. Throwing loses the transaction.</summary>
    void Committing();

    /// <summary>The transaction is durable. Throwing loses the answer.</summary>
    void Committed();
}

/// <summary>No faults but the disk's own.</summary>
internal sealed class NoFaults : ICommitFaults
{
    public static readonly NoFaults Instance = new();

    public void Opening()
    {
    }

    public void Beginning(SqliteConnection connection, int operations)
    {
    }

    public void Committing()
    {
    }

    public void Committed()
    {
    }
}
