using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Nodes;

public sealed class AnswerMemoryTests
{
    private readonly AnswerMemory _memory = new();

    [Fact]
    public void Find_BetweenAnswers_KnowsEveryOneSoFar()
    {
        _memory.Add(Answer(1));
        Assert.Equal(Answer(1), _memory.Find(Id(1), 1));

        _memory.Add(Answer(2));
        Assert.Equal((Answer(1), Answer(2)), (_memory.Find(Id(1), 1), _memory.Find(Id(2), 1)));
    }

    [Fact]
    public void Find_OtherAttempt_IsUnknown()
    {
        _memory.Add(Answer(1));

        Assert.Null(_memory.Find(Id(1), 2));
    }

    [Fact]
    public void Find_AnsweredTwice_IsTheLater()
    {
        _memory.Add(Answer(1) with { Answer = OutcomeAnswer.Settled });
        _memory.Add(Answer(1));

        Assert.Equal(OutcomeAnswer.Recorded, _memory.Find(Id(1), 1)!.Value.Answer);
    }

    [Fact]
    public void Add_MoreThanAreKept_ForgetsTheOldest()
    {
        for (var number = 0; number < AnswerMemory.AnswersMax + 2; number++)
            _memory.Add(Answer(number));

        Assert.Null(_memory.Find(Id(0), 1));
        Assert.Null(_memory.Find(Id(1), 1));
        Assert.Equal(Answer(2), _memory.Find(Id(2), 1));
        Assert.Equal(Answer(AnswerMemory.AnswersMax + 1), _memory.Find(Id(AnswerMemory.AnswersMax + 1), 1));
    }

    [Fact]
    public void Clear_Full_BeginsAnew()
    {
        for (var number = 0; number < AnswerMemory.AnswersMax + 2; number++)
            _memory.Add(Answer(number));

        _memory.Clear();
        _memory.Add(Answer(5));

        Assert.Equal((null, Answer(5)), (_memory.Find(Id(4), 1), _memory.Find(Id(5), 1)));
    }

    private static TaskId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static RecordedOutcome Answer(int number) => new(Id(number), 1, OutcomeAnswer.Recorded, StoredState.Succeeded, default);
}
