using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>What an operation works with: the connection inside its transaction, the time, and the counters it changes.</summary>
internal sealed class WriteTransaction(Session session, TimeProvider time)
{
    public Session Session => session;

    public CounterDeltas Counters { get; } = new();

    /// <summary>The store's time, in whole milliseconds as it is stored.</summary>
    public DateTimeOffset Now { get; } = StoreTime.Read(time);

    public Statement Prepare(string sql) => session.Prepare(sql);
}
