using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Silo.Storage.Sqlite.Sql;

/// <summary>One connection with the statements prepared on it. Used by one thread at a time.</summary>
/// <remarks>Statements are kept by their text: the texts are constants, so their number is bounded by the code.</remarks>
internal sealed class Session(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];
    private readonly sqlite3 _handle = connection.Handle ?? throw new InvalidOperationException("A session needs an open connection.");

    public SqliteConnection Connection => connection;

    /// <summary>False once SQLite has ended the transaction, which some failures do on their own.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    public long LastInsertedNumber => raw.sqlite3_last_insert_rowid(_handle);

    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new Statement(_handle, sql);
            _statements.Add(sql, statement);
        }

        return statement.Start();
    }

    public void Run(string sql) => Prepare(sql).Run();

    /// <summary>Ends what was left on a row, so that nothing holds a transaction open.</summary>
    public void ResetStatements()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }
}
