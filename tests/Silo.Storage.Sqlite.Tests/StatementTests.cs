using Microsoft.Data.Sqlite;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Tests;

/// <summary>A statement remembers what is bound, so every change from one execution to the next must arrive, and every change of kind.</summary>
public sealed class StatementTests : IDisposable
{
    private readonly Session _session;

    public StatementTests()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        _session = new Session(connection);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Bind_ValuesOfEveryKindInTurn_AreThoseOfTheirExecution()
    {
        string?[] texts = ["a", "a", "b", null, null, "", "b", new string('x', 2000), new string('x', 2000), new string('y', 2000), "a"];

        Assert.Equal(texts, texts.Select(text => Echo(text)));
    }

    [Fact]
    public void Bind_NumbersNullsAndBlobsInOnePlace_AreNotTakenForEachOther()
    {
        Assert.Equal("integer 0", Kind(statement => statement.Bind(0L)));
        Assert.Equal("null ", Kind(statement => statement.BindNull()));
        Assert.Equal("integer 0", Kind(statement => statement.Bind(0L)));
        Assert.Equal("real 0.0", Kind(statement => statement.Bind(0.0)));
        Assert.Equal("integer 0", Kind(statement => statement.Bind(0L)));
        Assert.Equal("text 0", Kind(statement => statement.Bind("0")));
        Assert.Equal("blob 0", Kind(statement => statement.BindBlob("0"u8)));
        Assert.Equal("text 0", Kind(statement => statement.Bind("0")));
        Assert.Equal("null ", Kind(statement => statement.Bind((string?)null)));
    }

    [Fact]
    public void Bind_SeveralParameters_EachHasAMemoryOfItsOwn()
    {
        foreach (var (left, right) in new[] { (1L, 2L), (2L, 2L), (2L, 1L), (2L, 1L) })
        {
            var row = _session.Prepare("SELECT ?, ?").Bind(left).Bind(right);
            Assert.True(row.Step());
            Assert.Equal((left, right), (row.ReadInt64(), row.ReadInt64()));
            row.Reset();
        }
    }

    private string? Echo(string? text)
    {
        var row = _session.Prepare("SELECT ?").Bind(text);
        Assert.True(row.Step());
        var read = row.ReadTextOrNull();
        row.Reset();
        return read;
    }

    private string Kind(Func<Statement, Statement> bind)
    {
        var row = bind(_session.Prepare("SELECT typeof(?1) || ' ' || coalesce(CAST(?1 AS TEXT), '')"));
        Assert.True(row.Step());
        var read = row.ReadText();
        row.Reset();
        return read;
    }
}
