using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Opening;
using Silo.Storage.Sqlite.Reading;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>Executes a batch in one transaction, with a savepoint for each operation that has neighbours, so that one that fails leaves the others alone.</summary>
internal sealed class CommitBatch(DatabaseFile file, ReadPool readers, ICommitFaults faults, TimeProvider time, ILogger logger)
{
    private Session? _session;
    private bool _lost;
    private volatile bool _lastFailed;

    /// <summary>The store, and not the data, is to blame that the last batch or a part of it was not stored; from any thread.</summary>
    public bool LastFailed => _lastFailed;

    public void Close() => Discard();

    /// <summary>Answers every operation of the batch.</summary>
    public void Commit(IReadOnlyList<WriteOperation> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        List<WriteOperation> executed = [];
        try
        {
            if (_session is null)
            {
                Open();
            }

            Execute(_session!, batch, executed);
        }
        catch (Exception error)
        {
            RollBack(error);
            _lastFailed = true;
            FailAll(batch, SqliteErrors.ToCallerError(error) is StoreUnavailableException unavailable
                ? unavailable
                : new StoreUnavailableException($"The store failed before the commit, nothing was stored: {error.Message}", error));
            return;
        }

        if (executed.Count == 0)
        {
            RollBack(null);
            return;
        }

        if (TryCommit(_session!, executed))
        {
            executed.ForEach(operation => operation.Complete());
        }
    }

    private void Execute(Session session, IReadOnlyList<WriteOperation> batch, List<WriteOperation> executed)
    {
        faults.Beginning(session.Connection, batch.Count);
        session.Run("BEGIN IMMEDIATE");
        _lastFailed = false;
        var whole = new CounterDeltas();
        var transaction = new WriteTransaction(session, time);
        foreach (var operation in batch)
        {
            if (TryExecute(session, transaction, operation, alone: batch.Count == 1))
            {
                transaction.Counters.MoveInto(whole);
                executed.Add(operation);
            }

            transaction.Counters.Clear();
        }

        whole.Save(session);
    }

    /// <exception cref="SqliteException">The transaction itself is gone, and with it what was executed before.</exception>
    private bool TryExecute(Session session, WriteTransaction transaction, WriteOperation operation, bool alone)
    {
        if (!alone)
        {
            session.Run("SAVEPOINT operation");
        }

        try
        {
            operation.Execute(transaction);
            session.ResetStatements();
            if (!alone)
            {
                session.Run("RELEASE operation");
            }

            return true;
        }
        catch (Exception error)
        {
            session.ResetStatements();
            if (!session.InTransaction || (error is SqliteException sqlite && sqlite.SpoilsConnection()))
            {
                throw;
            }

            if (!alone)
            {
                session.Run("ROLLBACK TO operation");
                session.Run("RELEASE operation");
            }

            var told = SqliteErrors.ToCallerError(error);
            _lastFailed |= told is StoreUnavailableException;
            operation.Fail(told);
            return false;
        }
    }

    /// <summary>A commit that failed may be on the disk all the same. New connections read from the file what is true; only then is anybody answered.</summary>
    private bool TryCommit(Session session, List<WriteOperation> executed)
    {
        try
        {
            faults.Committing();
            session.Run("COMMIT");
            faults.Committed();
            return true;
        }
        catch (Exception error)
        {
            _lastFailed = true;
            StoreLog.CommitFailed(logger, file.Path, StoreFailure.InOneLine(error));
            Reopen();
            FailAll(executed, new StoreUnknownException(
                $"The commit failed, what was asked may or may not have been stored: {error.Message} Send the same ids again, or read them back.", error));
            return false;
        }
    }

    private void RollBack(Exception? cause)
    {
        if (cause is SqliteException error && error.SpoilsConnection())
        {
            StoreLog.ConnectionSpoiled(logger, file.Path, StoreFailure.InOneLine(cause));
            Reopen();
            return;
        }

        try
        {
            if (_session is { InTransaction: true } session)
            {
                session.Run("ROLLBACK");
            }
        }
        catch (SqliteException failed)
        {
            StoreLog.ConnectionSpoiled(logger, file.Path, StoreFailure.InOneLine(failed));
            Reopen();
        }
    }

    /// <summary>Closes the readers too: as long as one connection is open, the shared index of the write-ahead log stays as the failure left it.</summary>
    private void Reopen() => readers.WhileClosed(() =>
    {
        Discard();
        _lost = true;
        try
        {
            Open();
        }
        catch (Exception error)
        {
            // Every batch tries again before it begins; until then its callers are told that the store is unavailable.
            StoreLog.ReopenFailed(logger, file.Path, StoreFailure.InOneLine(error));
        }
    });

    private void Open()
    {
        faults.Opening();
        _session = file.OpenWriter();
        if (_lost)
        {
            StoreLog.Reopened(logger, file.Path);
            _lost = false;
        }
    }

    private void Discard()
    {
        _session?.Dispose();
        _session = null;
    }

    private static void FailAll(IEnumerable<WriteOperation> operations, Exception error)
    {
        foreach (var operation in operations)
        {
            operation.Fail(error);
        }
    }
}
