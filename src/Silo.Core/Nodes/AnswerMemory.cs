using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>The latest answers of an incarnation, so that a report which is repeated because its answer was lost gets the same one. Bounded: the oldest go.</summary>
internal sealed class AnswerMemory
{
    public const int AnswersMax = 8192;

    private readonly Dictionary<(TaskId, int), RecordedOutcome> _answers = [];
    private readonly Queue<(TaskId, int)> _order = new();

    public void Add(RecordedOutcome answer)
    {
        var key = (answer.Id, answer.Attempt);
        if (!_answers.TryAdd(key, answer))
            _answers[key] = answer;
        else
            _order.Enqueue(key);
        while (_order.Count > AnswersMax)
            _answers.Remove(_order.Dequeue());
    }

    public RecordedOutcome? Find(TaskId id, int attempt) => _answers.TryGetValue((id, attempt), out var answer) ? answer : null;

    public void Clear()
    {
        _answers.Clear();
        _order.Clear();
    }
}
