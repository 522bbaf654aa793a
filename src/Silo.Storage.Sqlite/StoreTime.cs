namespace Silo.Storage.Sqlite;

internal static class StoreTime
{
    /// <summary>Whole milliseconds, so that a time read from memory equals the same one read from a row.</summary>
    public static DateTimeOffset Read(TimeProvider time) => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
