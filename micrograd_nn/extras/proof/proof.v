(* The proof of every theorem about a row of the table. *)

Require Export Reals List.
From Coquelicot Require Export Coquelicot.
From Micrograd Require Export calculus powers lengths.
Require Import Lra.
Export ListNotations.
Open Scope R_scope.

(* What is proved for every length is so for these values, of which x is one. *)
Ltac know_place derive before x l := lazymatch l with
  | x :: ?after => generalize (derive before x after)
  | ?y :: ?after => know_place derive (before ++ [y]) x after
  end.
Ltac by_place derive x values :=
  let l := eval cbv beta in (values x) in know_place derive (@nil R) x l;
  cbv zeta; cbn [app map In]; intros proved; apply proved; intuition congruence.

(* The derivative has a value: no divisor is 0, no root or logarithm of a negative number. *)
Ltac by_signs := first
  [ assumption
  | solve [ intuition lra ]
  | solve [ eauto using fraction_below, base_below ]
  | solve [ autounfold with formulas; cbn [sum fold_right]; know_signs; know_roots;
      first [ positive | apply Rgt_not_eq; positive ] ]
  | solve [ autounfold with pieces; unfold sum; cbn [fold_right best]; decide_conditions; lra ] ].

Ltac by_calculus := cbv zeta; intros;
  repeat match goal with |- _ /\ _ => split | H : _ /\ _ |- _ => destruct H end;
  lazymatch goal with
  | |- is_derive (fun t => maximum (@?l t)) ?x _ => solve [ by_place derive_maximum x l ]
  | |- is_derive (fun t => minimum (@?l t)) ?x _ => solve [ by_place derive_minimum x l ]
  | |- is_derive (fun t => level (@?l t)) ?x _ => solve [ by_place derive_level x l ]
  | |- is_derive _ _ _ => first
      [ solve [ by_rules ] | solve [ by_cases ] | solve [ by_pieces ] | solve [ by_powers ] | solve [ by_angle ] ]
  | |- _ => by_signs
  end.
