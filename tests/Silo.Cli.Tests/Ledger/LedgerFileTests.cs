using System.Text;
using System.Text.Json;
using Silo.Cli.Ledger;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Cli.Tests.Ledger;

public sealed class LedgerFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LedgerPath => _folder.Combine("worker.ledger");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Append_BeforeTheFileIsClosed_IsReadByOthers()
    {
        var entry = NewEntry() with { Event = LedgerEvent.Answered, Answer = OutcomeAnswer.Recorded, State = StoredState.Succeeded, End = ExecutionEnd.Succeeded };
        using var file = new LedgerFile(LedgerPath);
        file.Append(entry);

        Assert.Equal([entry], new LedgerReader(LedgerPath).ReadNew());
    }

    [Fact]
    public void Append_ToTheLedgerOfAnEarlierLife_KeepsWhatIsThere()
    {
        var (first, second) = (NewEntry(), NewEntry());
        using (var file = new LedgerFile(LedgerPath))
        {
            file.Append(first);
        }

        using (var file = new LedgerFile(LedgerPath))
        {
            file.Append(second);
        }

        Assert.Equal([first, second], new LedgerReader(LedgerPath).ReadNew());
    }

    [Fact]
    public void Append_Written_IsOneJsonLineWithLowerCaseNames()
    {
        using (var file = new LedgerFile(LedgerPath))
        {
            file.Append(NewEntry());
        }

        var line = Assert.Single(File.ReadAllLines(LedgerPath));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("started", json.RootElement.GetProperty("event").GetString());
        Assert.Equal(17, json.RootElement.GetProperty("process").GetInt32());
    }

    [Fact]
    public void ReadNew_NoFileYet_IsEmpty() => Assert.Empty(new LedgerReader(LedgerPath).ReadNew());

    [Fact]
    public void ReadNew_CalledAgain_AnswersOnlyWhatWasAdded()
    {
        var (first, second) = (NewEntry(), NewEntry());
        using var file = new LedgerFile(LedgerPath);
        var reader = new LedgerReader(LedgerPath);
        file.Append(first);
        Assert.Equal([first], reader.ReadNew());
        Assert.Empty(reader.ReadNew());
        file.Append(second);

        Assert.Equal([second], reader.ReadNew());
    }

    [Fact]
    public void ReadNew_TornLastLine_WaitsForItsEnd()
    {
        var line = NewEntry().ToLine();
        File.WriteAllBytes(LedgerPath, line[..20]);
        var reader = new LedgerReader(LedgerPath);
        Assert.Empty(reader.ReadNew());
        using (var file = File.Open(LedgerPath, FileMode.Append))
        {
            file.Write(line.AsSpan(20));
        }

        Assert.Single(reader.ReadNew());
    }

    [Fact]
    public void ReadNew_WholeLineThatIsNoEntry_IsRefused()
    {
        File.WriteAllText(LedgerPath, "{\"event\":\"started\"}\n", Encoding.UTF8);

        Assert.Throws<JsonException>(() => new LedgerReader(LedgerPath).ReadNew());
    }

    private static LedgerEntry NewEntry() => LedgerLines.Started(Guid.CreateVersion7(), "worker-1", process: 17, at: 5);
}
