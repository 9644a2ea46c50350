(* Powers and angles: functions that are proved by lemmas of their own. *)

Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Micrograd Require Import calculus.
Open Scope R_scope.

(* Powers with a whole exponent, of any base; those of a positive base are pieces. *)

Lemma power_whole x n : power x (IZR n) = powerRZ x n.
Proof.
  unfold power; destruct (Rlt_dec 0 x); [ symmetry; apply powerRZ_Rpower; assumption |].
  f_equal; symmetry; apply Int_part_spec; lra.
Qed.

Lemma derive_whole_power x n : x <> 0 \/ (0 <= n)%Z ->
  is_derive (fun t : R => powerRZ t n) x (IZR n * powerRZ x (n - 1)).
Proof.
  intros domain; destruct n as [| p | p].
  - simpl; rewrite Rmult_0_l; apply @is_derive_const.
  - simpl powerRZ at 1; auto_derive; trivial.
    replace (Z.pos p - 1)%Z with (Z.of_nat (pred (Pos.to_nat p))) by lia.
    rewrite <- pow_powerRZ, INR_IZR_INZ, positive_nat_Z; ring.
  - assert (x <> 0) by (destruct domain; [ assumption | lia ]).
    simpl powerRZ at 1; auto_derive; [ apply pow_nonzero; assumption |].
    replace (Z.neg p - 1)%Z with (- Z.of_nat (S (Pos.to_nat p)))%Z by lia.
    rewrite powerRZ_neg, <- pow_powerRZ, INR_IZR_INZ, positive_nat_Z by assumption.
    replace (IZR (Z.neg p)) with (- IZR (Z.pos p)) by reflexivity.
    destruct (Pos.to_nat p) eqn:size; [ lia |]; simpl.
    pose proof (pow_nonzero x n H); rewrite pow_inv; field; auto.
Qed.

Lemma derive_power x n : x <> 0 \/ (0 <= n)%Z ->
  is_derive (fun t : R => power t (IZR n)) x (IZR n * power x (IZR n - 1)).
Proof.
  intros; rewrite <- minus_IZR, power_whole.
  apply (is_derive_ext (fun t => powerRZ t n)); [ intros; symmetry; apply power_whole |].
  apply derive_whole_power; assumption.
Qed.

Lemma derive_multiple_of_power x n : n = 0%Z \/ x <> 0 \/ (1 <= n)%Z ->
  is_derive (fun t : R => IZR n * power t (IZR n - 1)) x
    (IZR n * ((IZR n - 1) * power x (IZR n - 1 - 1))).
Proof.
  intros [zero | domain].
  - subst n; apply (is_derive_ext (fun _ => 0)); [ intros; symmetry; apply Rmult_0_l |].
    rewrite Rmult_0_l; apply @is_derive_const.
  - apply is_derive_scal; rewrite <- minus_IZR; apply derive_power.
    destruct domain; [ left; assumption | right; lia ].
Qed.

Lemma whole_or_positive x y : ((forall n, y <> IZR n) -> x > 0) -> x > 0 \/ exists n, y = IZR n.
Proof.
  intros domain; destruct (Req_dec_T y (IZR (Int_part y))) as [| broken].
  - right; exists (Int_part y); assumption.
  - left; apply domain; intros n same; apply broken; rewrite same at 1; f_equal.
    apply Int_part_spec; lra.
Qed.

Lemma whole_domain x n :
  (IZR n < 1 /\ IZR n <> 0 -> x <> 0) -> n = 0%Z \/ x <> 0 \/ (1 <= n)%Z.
Proof.
  intros domain; destruct (Z.eq_dec n 0); [ left; assumption | right ].
  destruct (Z_lt_le_dec n 1); [ left; apply domain | right; assumption ].
  split; [ apply IZR_lt | apply not_0_IZR ]; assumption.
Qed.

(* The exponent below a whole one, or one that needs a positive base, is of that kind, too. *)
Lemma fraction_below x y :
  ((forall n, y <> IZR n) -> x > 0) -> (forall n, y - 1 <> IZR n) -> x > 0.
Proof.
  intros domain broken; apply domain; intros n whole; apply (broken (n - 1)%Z).
  rewrite minus_IZR; lra.
Qed.

Lemma base_below x y :
  (y < 1 /\ y <> 0 -> x <> 0) -> ((forall n, y <> IZR n) -> x > 0) -> x <> 0 \/ y <> 0 ->
  y - 1 < 1 /\ y - 1 <> 0 -> x <> 0.
Proof.
  intros domain fraction apart [below other].
  destruct (whole_or_positive x y fraction) as [| [n whole]]; [ lra | subst y ].
  destruct (Req_dec x 0) as [zero |]; [| assumption ].
  destruct (whole_domain x n domain) as [none | [| above]]; [ subst n; lra | assumption |].
  assert (n < 2)%Z by (apply lt_IZR; lra); assert (n = 1%Z) by lia; subst n; lra.
Qed.

Ltac by_powers :=
  match goal with domain : (forall n, ?y <> IZR n) -> ?x > 0 |- _ =>
    destruct (whole_or_positive x y domain) as [| [n whole]]; [ by_pieces | subst y ]
  end;
  match goal with domain : IZR ?n < 1 /\ _ -> ?x <> 0 |- _ =>
    pose proof (whole_domain x n domain)
  end;
  first [ apply derive_power; intuition lia | apply derive_multiple_of_power; assumption ].

(* The angle of a point on the right, where two of its pieces meet. *)

Lemma atan2_right y x : 0 < x -> atan (y / x) = atan2 y x.
Proof.
  intros; unfold atan2; destruct (Rlt_dec 0 y); [| destruct (Rlt_dec y 0) ].
  - rewrite <- (Rinv_div x y), atan_inv; [ reflexivity | apply Rdiv_lt_0_compat; assumption ].
  - replace (y / x) with (- / (x / - y)) by (field; lra).
    replace (x / y) with (- (x / - y)) by (field; lra).
    rewrite !atan_opp, atan_inv; [ lra | apply Rdiv_lt_0_compat; lra ].
  - replace y with 0 by lra; unfold Rdiv; rewrite Rmult_0_l, atan_0.
    destruct (Rlt_dec 0 x); [ reflexivity | contradiction ].
Qed.

Ltac by_angles :=
  match goal with
  | H : 0 < ?x |- is_derive (fun t => atan2 t ?x) ?y _ =>
      apply (is_derive_ext (fun t => atan (t / x)));
      [ intros; apply atan2_right; exact H | by_rules ]
  | H : 0 < ?x |- is_derive (fun t => atan2 ?y t) ?x _ =>
      apply (near_by (fun t => 0 < t) _ (fun t => atan (y / t)));
      [ apply locally_above; exact H | intros; apply atan2_right; assumption | by_rules ]
  end.

Ltac by_sides y x := destruct (Rlt_dec 0 x);
  [ by_angles | destruct (Rtotal_order y 0) as [| [|]]; [| subst y |]; by_pieces ].
Ltac by_angle := match goal with
  | |- is_derive (fun t => atan2 t ?x) ?y _ => by_sides y x
  | |- is_derive (fun t => atan2 ?y t) ?x _ => by_sides y x
  end.
