namespace Silo.Cli.Stores;

/// <summary>Where tasks are kept.</summary>
internal abstract record StoreChoice
{
    private StoreChoice()
    {
    }

    /// <summary>As it may be shown to anybody.</summary>
    public abstract string Shown { get; }

    /// <param name="Path">The database file, absolute.</param>
    public sealed record Sqlite(string Path) : StoreChoice
    {
        public override string Shown => Path;
    }

    public sealed record Postgres(PostgresAddress Address) : StoreChoice
    {
        public override string Shown => Address.Shown;
    }
}
