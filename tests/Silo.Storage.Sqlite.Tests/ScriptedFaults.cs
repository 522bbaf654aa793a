using Microsoft.Data.Sqlite;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tests;

/// <summary>Faults that a test sets, and a count of what the writer did. Its members run on the writer's thread.</summary>
internal sealed class ScriptedFaults : ICommitFaults
{
    private readonly Lock _gate = new();
    private readonly List<int> _batches = [];
    private int _commits;

    public Action? OnOpening { get; set; }

    public Action<SqliteConnection>? OnBeginning { get; set; }

    public Action? OnCommitting { get; set; }

    public Action? OnCommitted { get; set; }

    public int Commits => Volatile.Read(ref _commits);

    public int Openings { get; private set; }

    /// <summary>Operations of each batch, in order.</summary>
    public IReadOnlyList<int> Batches
    {
        get
        {
            lock (_gate)
            {
                return [.. _batches];
            }
        }
    }

    public void Opening()
    {
        Openings++;
        OnOpening?.Invoke();
    }

    public void Beginning(SqliteConnection connection, int operations)
    {
        lock (_gate)
        {
            _batches.Add(operations);
        }

        OnBeginning?.Invoke(connection);
    }

    public void Committing() => OnCommitting?.Invoke();

    public void Committed()
    {
        Interlocked.Increment(ref _commits);
        OnCommitted?.Invoke();
    }
}
